-- Each connection pipelines 16 requests: keys, liveness, unknown paths, and signatures with an unknown key.
init = function()
    local all = {}
    for i = 1, 4 do
        all[#all + 1] = wrk.format("GET", "/authorized_keys")
        all[#all + 1] = wrk.format("GET", "/livez")
        all[#all + 1] = wrk.format("GET", "/nowhere")
        all[#all + 1] = wrk.format("POST", "/keys/tz4NwCZN4oPZRo7xHPHRW4an6hzxdhVCHoer", {}, '"1234"')
    end
    requests = table.concat(all)
end

request = function()
    return requests
end
