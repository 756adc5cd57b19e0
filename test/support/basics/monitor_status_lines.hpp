#pragma once

#include <string>

namespace revenant::test {

/// A complete status line of `revenant serve`.
inline const std::string full_status_line =
    R"({"program":"signer","version":"0.1.0","started":"2026-01-02T03:04:05.000Z",
"pid":7,"descriptors":12,"threads":3,"pss_kib":4200,"listening":"127.0.0.1:20090","devices":[{"serial":"0123","state":"ready",
"since":"2026-01-02T03:04:06.000Z","revivals":2,"keys":[{"id":"baker","address":"tz4abc","lock":"unlocked","corrupted":false,
"conflict":false,"signatures":30,"signed":"2026-01-02T03:05:00.000Z","marks":{"block":{"level":1000,"round":1},
"attestation":{"level":1001,"round":0}}},{"id":"spare","address":"tz4def","lock":"locked","corrupted":false,"conflict":false,
"signatures":0,"signed":null,"marks":{}}]}],"requests":{"total":40,"in_flight":1},"signatures":30,"audit_failures":0,
"refusals":{"stale_watermark":2,"key_locked":0},"latency":{"bounds":[0.001,0.01,0.1],"counts":[10,15,4,1],"sum":0.5,"count":30}})";

}  // namespace revenant::test
