// Invalid arguments, settings and directories: one clear message, the right exit code, and no partial state, so
// that a corrected command works afterwards.
#include <algorithm>
#include <cctype>
#include <csignal>
#include <fstream>
#include <map>

#include <gtest/gtest.h>
#include <sys/stat.h>

#include "test/support/suite/baker.hpp"
#include "test/support/suite/disk.hpp"
#include "test/support/suite/unlock_error.hpp"

namespace revenant::test {
namespace {

namespace fs = std::filesystem;
using tezos::Kind;
using Words = std::vector<std::string>;

constexpr int failed = 1, usage = 2, no_device = 3, refused = 4, wrong_passphrase = 5;

/// Expects this exit code, empty stdout and exactly one line on stderr that contains all `words`.
void expect_sentence(const Outcome& outcome, int code, const Words& words, const std::string& what) {
    EXPECT_EQ(outcome.code, code) << what << ": " << outcome.err;
    EXPECT_EQ(std::count(outcome.err.begin(), outcome.err.end(), '\n'), 1) << what << ": " << outcome.err;
    EXPECT_EQ(outcome.out, "") << what;
    EXPECT_EQ(outcome.err.find("revenant"), 0U) << what << ": " << outcome.err;
    EXPECT_EQ(outcome.err.find(".cpp"), std::string::npos) << outcome.err;
    for (const auto& word : words)
        EXPECT_NE(outcome.err.find(word), std::string::npos) << what << " lacks '" << word << "': " << outcome.err;
}

struct Case {
    std::string program;
    Words arguments;
    Words environment;
    int code;
    Words says;
};

void expect_all(const std::vector<Case>& cases) {
    for (const auto& one : cases) {
        auto what = one.program;
        for (const auto& argument : one.arguments)
            what += ' ' + argument;
        expect_sentence(run_program(one.program, one.arguments, one.environment), one.code, one.says, what);
    }
}

TEST(settings, wrong_values_are_named_with_remedy) {
    const TemporaryDirectory dir;
    const auto config = (dir.path() / "revenant.conf").string();
    std::ofstream{config} << "colour = blue\n";
    const auto run = dir.path().string(), store = (dir.path() / "store").string();
    std::vector<Case> cases;
    for (const std::string program : {"gadget", "registrar", "liveness", "host", "monitor"})
        cases.push_back({program, {"--config", run}, {}, usage, {"'" + run + "'", "Is a directory"}});
    for (const std::string program : {"gadget", "registrar", "liveness"}) {
        auto upper = program;
        std::transform(upper.begin(), upper.end(), upper.begin(), [](unsigned char c) { return std::toupper(c); });
        cases.push_back({program, {"--colour", "blue"}, {}, usage, {"--colour", "--help"}});
        cases.push_back({program, {}, {"REVENANT_" + upper + "_COLOUR=blue"}, usage, {"_COLOUR", "unset it"}});
        cases.push_back({program, {"--config", config}, {}, usage, {config, "colour", "--help"}});
        cases.push_back({program, {"--config", run + "/none"}, {}, usage, {run + "/none", "check its path"}});
        const Words bus = program == "liveness" ? Words{} : Words{"--bus", "loopback"};
        Words level{"--run-dir", run, "--log-level", "loud"};
        level.insert(level.end(), bus.begin(), bus.end());
        if (program == "gadget")
            level.insert(level.end(), {"--store", store});
        cases.push_back({program, level, {}, usage, {"log-level", "loud", "expected"}});
    }
    for (const std::string program : {"gadget", "registrar"}) {
        cases.push_back({program, {"--run-dir", run, "--store-less"}, {}, usage, {"--store-less", "--help"}});
        cases.push_back({program, {"--bus", "can"}, {}, usage, {"bus", "can", "usb or loopback"}});
    }
    cases.push_back(
        {"liveness", {"--run-dir", run, "--deadline-ms", "soon"}, {}, usage, {"deadline-ms", "soon", "10"}});
    cases.push_back({"liveness", {"--run-dir", run, "--deadline-ms", "-1"}, {}, usage, {"deadline-ms", "-1", "10"}});
    const auto gadget = [&](const std::string& option, const std::string& value) {
        return Words{"--bus", "loopback", "--run-dir", run, "--store", store, option, value};
    };
    for (const auto* value : {"many", "0", "65", "8x", "", "99999999999999999999"})
        cases.push_back({"gadget", gadget("--signing-workers", value), {}, usage, {"signing-workers", "from 1 to 64"}});
    cases.push_back({"gadget", gadget("--chains", "NetXnone"), {}, usage, {"chains", "NetXnone", "NetXdQprcVkpaWU"}});
    cases.push_back({"gadget", {"--bus", "loopback", "--run-dir", run, "--store", ""}, {}, usage, {"--store"}});
    cases.push_back({"registrar", {"walk"}, {}, usage, {"walk", "run"}});
    expect_all(cases);
    EXPECT_FALSE(fs::exists(store));
}

TEST(command_line, wrong_arguments_are_named_with_remedy) {
    const TemporaryDirectory dir;
    fs::create_directory(dir.path() / "run");
    const auto run = (dir.path() / "run").string();
    const auto on = [&run](Words words) {
        words.insert(words.begin(), {"--bus", "loopback", "--run-dir", run});
        return words;
    };
    const Words passphrase{"REVENANT_PASSPHRASE=x"};
    expect_all({
        {"host", {}, {}, usage, {"no command", "--help"}},
        {"host", on({"fly"}), {}, usage, {"'fly'", "--help"}},
        {"host", on({"delete"}), {}, usage, {"missing", "revenant delete ID"}},
        {"host", on({"set-level", "baker"}), {}, usage, {"missing", "set-level ID LEVEL"}},
        {"host", on({"set-level", "baker", "high"}), {}, usage, {"'high'", "whole number"}},
        {"host", on({"version", "now"}), {}, usage, {"too many", "revenant version"}},
        {"host", on({"version", "--count", "3"}), {}, usage, {"--count", "does not go with version"}},
        {"host", on({"version", "--fast"}), {}, usage, {"--fast", "--help"}},
        {"host", on({"new", "a b"}), passphrase, usage, {"'a b'", "letters"}},
        {"host", on({"sign", "baker", "11zz"}), {}, usage, {"hexadecimal", "--file"}},
        {"host", on({"sign", "baker", "123"}), {}, usage, {"hexadecimal", "even number"}},
        {"host", on({"sign", "baker"}), {}, usage, {"--file"}},
        {"host", on({"sign", "baker", "--file", run + "/none"}), {}, usage, {run + "/none", "check its path"}},
        {"host", on({"version", "--deadline", "later"}), {}, usage, {"deadline", "later"}},
        {"host", on({"logs", "--limit", "0"}), {}, usage, {"limit", "from 1"}},
        {"host", {"--bus", "can", "version"}, {}, usage, {"bus", "'can'", "loopback"}},
        {"host", {"version"}, {"REVENANT_COLOUR=blue"}, usage, {"REVENANT_COLOUR", "unset it"}},
        {"host", on({"version", "--deadline", "1"}), {}, no_device, {run}},
        {"host", on({"unlock", "baker", "--passphrase-env", "NONE"}), {}, usage, {"NONE", "not set"}},
        {"host", on({"unlock", "baker", "--passphrase-fd", "77"}), {}, usage, {"77", "open"}},
        {"host", on({"unlock", "baker"}), {}, usage, {"no terminal", "--passphrase-fd"}},
        {"host", on({"delete", "baker"}), passphrase, usage, {"no terminal", "--yes"}},
        {"host", on({"delete", "baker"}), {"REVENANT_YES=true"}, usage, {"'yes' is not a setting", "command line"}},
        {"host", on({"new", "all"}), passphrase, usage, {"'all' is reserved", "choose another"}},
        {"host", on({"new", "--", "-x"}), passphrase, usage, {"'-x' begins with '-'", "choose another"}},
    });
}

/// Programs with different run directories never meet: the log of each must show where it looks for the others.
TEST(directories, awaited_sockets_are_logged_once) {
    Suite suite;
    EXPECT_EQ(suite.host({"version"}).code, 0);  // an answer needs all three
    const auto run = suite.run_dir().string();
    for (const auto& [program, place] : {std::pair{"gadget", run},
                                         {"registrar", run + "/liveness/ready.sock"},
                                         {"liveness", run + "/liveness/heartbeat.sock"}}) {
        const auto log = suite.log(program);
        const auto at = log.find("waiting for the ");
        ASSERT_NE(at, std::string::npos) << log;
        EXPECT_NE(log.find("'" + place + "'", at), std::string::npos) << log;
        EXPECT_EQ(log.find("waiting for the ", at + 1), std::string::npos) << log;
    }
}

TEST(directories, unusable_are_named_with_remedy) {
    const TemporaryDirectory dir;
    const auto start = [&](const std::string& program, const fs::path& run) {
        Words arguments{"--run-dir", run.string()};
        if (program != "liveness")
            arguments.insert(arguments.end(), {"--bus", "loopback"});
        if (program == "gadget")
            arguments.insert(arguments.end(), {"--store", (dir.path() / "store").string()});
        return run_program(program, arguments);
    };
    const auto file = dir.path() / "file";
    std::ofstream{file} << "not a directory";
    const auto deep = dir.path() / "none" / "run";
    const auto open_to_all = dir.path() / "open";
    const fs::path long_name = dir.path() / std::string(100, 'x');
    for (const std::string program : {"gadget", "registrar", "liveness"}) {
        expect_sentence(start(program, file), failed, {file.string(), "--run-dir"}, program);
        expect_sentence(start(program, deep), failed, {deep.string(), "--run-dir"}, program);
        expect_sentence(start(program, long_name), failed, {long_name.string(), "shorter"}, program);
        fs::create_directories(open_to_all / program);
        ::chmod((open_to_all / program).c_str(), 0777);
        expect_sentence(start(program, open_to_all), failed, {(open_to_all / program).string(), "chmod"}, program);
        if (::geteuid() == 0) {
            const auto foreign = dir.path() / "foreign";
            fs::create_directories(foreign / program);
            ASSERT_EQ(::chown((foreign / program).c_str(), 12345, 12345), 0);
            expect_sentence(start(program, foreign), failed, {(foreign / program).string(), "12345"}, program);
        } else {
            const auto shut = dir.path() / "shut";
            fs::create_directories(shut / program);
            ::chmod((shut / program).c_str(), 0555);
            expect_sentence(start(program, shut), failed, {(shut / program).string(), "chmod"}, program);
        }
    }
}

TEST(second_instances, are_rejected_naming_the_first) {
    Suite suite;
    for (const std::string program : {"gadget", "registrar", "liveness"})
        suite.wait_for_socket(program + "/status.sock");
    const auto run = suite.run_dir().string();
    const auto pid = [&](const std::string& program) { return "process " + std::to_string(suite.pid(program)); };
    const TemporaryDirectory other;
    const auto other_run = other.path().string();
    expect_sentence(run_program("liveness", {"--run-dir", run}), failed, {run, pid("liveness"), "stop it"}, "liveness");
    expect_sentence(run_program("registrar", {"--bus", "loopback", "--run-dir", run}), failed,
                    {run, pid("registrar"), "stop it"}, "registrar");
    const auto store = suite.store_dir().string();
    expect_sentence(run_program("gadget", {"--bus", "loopback", "--run-dir", other_run, "--store", store}), failed,
                    {store, pid("gadget"), "stop"}, "gadget on the same store");
    const auto second_store = (other.path() / "store").string();
    expect_sentence(run_program("gadget", {"--bus", "loopback", "--run-dir", run, "--store", second_store}), failed,
                    {run, pid("gadget"), "stop it"}, "gadget in the same run directory");
    const auto cable = suite.connect("registrar/bus.sock");
    wait_ready(suite);  // the first instances still work
}

Outcome start_gadget(const fs::path& store) {
    const TemporaryDirectory run;
    return run_program("gadget", {"--bus", "loopback", "--run-dir", run.path().string(), "--store", store.string(),
                                  "--log-level", "off"});
}

TEST(stores, accessible_to_others_are_rejected) {
    const TemporaryDirectory dir;
    const auto deep = dir.path() / "none" / "store";
    expect_sentence(start_gadget(deep), failed, {deep.string(), "No such file", "create"}, "no parent");
    const auto file = dir.path() / "file";
    std::ofstream{file} << "not a directory";
    expect_sentence(start_gadget(file), failed, {file.string(), "Not a directory", "another store"}, "a file");
    const auto open = dir.path() / "open";
    fs::create_directory(open);
    for (const mode_t mode : {0750U, 0705U, 0777U}) {
        ::chmod(open.c_str(), mode);
        expect_sentence(start_gadget(open), failed, {open.string(), "chmod"}, "open to others");
    }
    if (::geteuid() == 0) {
        ::chmod(open.c_str(), 0700);
        ASSERT_EQ(::chown(open.c_str(), 12345, 12345), 0);
        expect_sentence(start_gadget(open), failed, {open.string(), "12345", "chown"}, "owned by another user");
    } else {
        ::chmod(open.c_str(), 0000);
        expect_sentence(start_gadget(open), failed, {open.string(), "Permission denied", "its mode"}, "unreadable");
        ::chmod(open.c_str(), 0700);
    }
}

/// The contents of all files in a store, by path.
std::map<fs::path, std::string> contents_of(const fs::path& store) {
    std::map<fs::path, std::string> all;
    for (const auto& entry : fs::recursive_directory_iterator{store})
        if (entry.is_regular_file()) {
            std::ifstream in{entry.path(), std::ios::binary};
            all[entry.path()] = {std::istreambuf_iterator<char>{in}, {}};
        }
    return all;
}

/// Stops the gadget, overwrites one file of its store, and starts it with all keys locked.
void tamper(Baker& baker, const fs::path& file, const std::string& with) {
    baker.suite.stop("gadget");
    std::ofstream{file, std::ios::binary | std::ios::trunc} << with;
    baker.suite.start("gadget");
}

TEST(stores, corruption_is_reported_not_repaired) {
    Baker baker;
    const auto& key = baker.keys[0];
    baker.signature(key, operation(key.curve, Kind::block, 5));
    baker.suite.stop("gadget");
    const auto whole = contents_of(baker.suite.store_dir());
    const auto master = baker.suite.store_dir() / "master.json";
    ASSERT_EQ(whole.count(master), 1U);
    for (const auto& wrong :
         {std::string{}, whole.at(master).substr(0, whole.at(master).size() / 2), std::string(500, '\xee')}) {
        std::ofstream{master, std::ios::binary | std::ios::trunc} << wrong;
        expect_sentence(start_gadget(baker.suite.store_dir()), failed, {master.string(), "restore"}, "master");
        EXPECT_EQ(contents_of(baker.suite.store_dir()).at(master), wrong);
    }
    std::ofstream{master, std::ios::binary | std::ios::trunc} << whole.at(master);
    baker.suite.start("gadget");
    EXPECT_EQ(unlock_error(baker, key.id), "");

    const auto key_file = baker.suite.store_dir() / "keys" / (key.id + ".json");
    ASSERT_EQ(whole.count(key_file), 1U);
    tamper(baker, key_file, whole.at(key_file).substr(0, 40));
    EXPECT_NE(unlock_error(baker, key.id).find(key_file.string()), std::string::npos);
    EXPECT_EQ(unlock_error(baker, baker.keys[1].id), "");
    tamper(baker, key_file, whole.at(key_file));
    EXPECT_EQ(unlock_error(baker, key.id), "");

    for (const auto& [file, bytes] : whole) {
        if (file.parent_path().filename() != "marks")
            continue;
        for (const auto& wrong : {std::string{}, bytes.substr(0, 100), std::string(bytes.size(), '\0')}) {
            tamper(baker, file, wrong);
            EXPECT_EQ(unlock_error(baker, key.id), "");
            EXPECT_TRUE(baker.key_status(key.id).state_corrupted);
            EXPECT_EQ(error_of(response_of(baker.ask(key, operation(key.curve, Kind::block, 6)))),
                      ErrorCode::sign_failed);
        }
    }
    SetLevelRequest level{key.id, 10, {}, {usual_chain.begin(), usual_chain.end()}};
    EXPECT_EQ(error_of(baker.management->response(std::move(level))), ErrorCode::set_level_failed);
    level = {key.id, 10, passphrase(), {usual_chain.begin(), usual_chain.end()}};
    baker.management->expect<OkResponse>(std::move(level));
    EXPECT_EQ(error_of(response_of(baker.ask(key, operation(key.curve, Kind::block, 10)))), ErrorCode::stale_watermark);
    baker.signature(key, operation(key.curve, Kind::block, 11));
}

TEST(passphrases, wrong_attempts_count_across_restart) {
    SuiteSettings settings;
    settings.environment = preloading(REVENANT_STILL_CLOCK);  // keeps all attempts within the 30 s window
    Suite suite{settings};
    suite.wait_for_socket("registrar/bus.sock");
    EXPECT_EQ(suite.host({"init"}).code, 0);
    EXPECT_EQ(suite.host({"new", "baker"}).code, 0);
    for (int attempt = 0; attempt < 5; ++attempt) {
        if (attempt == 3)
            suite.kill_and_wait("gadget");
        EXPECT_EQ(suite.host({"unlock", "baker"}, "wrong").code, wrong_passphrase);
    }
    expect_sentence(suite.host({"unlock", "baker"}), wrong_passphrase, {"too many", "try again"}, "throttled");
    EXPECT_EQ(suite.host_json({"status"}).at("keys").as_array().at(0).at("lock").as_string(), "locked");
}

TEST(device_errors, are_shown_with_their_code) {
    Suite suite;
    suite.wait_for_socket("registrar/bus.sock");
    const auto uninitialised = suite.host({"new", "baker"});
    EXPECT_EQ(uninitialised.code, refused) << uninitialised.err;
    EXPECT_EQ(suite.host({"init"}).code, 0);
    expect_sentence(suite.host({"init"}), refused, {"initialised"}, "a second init");
    EXPECT_EQ(suite.host({"new", "baker"}).code, 0);
    EXPECT_EQ(suite.host({"new", "baker"}).code, refused);
    expect_sentence(suite.host({"sign", "nobody", "11"}), refused, {"nobody", "revenant list"}, "no such key");
    expect_sentence(suite.host({"sign", "baker", "11"}), refused, {"locked", "unlock"}, "a locked key");
    EXPECT_EQ(suite.host({"unlock"}).code, 0);
    expect_sentence(suite.host({"sign", "baker", "11"}), refused, {"34"}, "a bad payload");
}

}  // namespace
}  // namespace revenant::test
