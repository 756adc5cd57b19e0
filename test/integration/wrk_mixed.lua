-- Each connection asks for sixteen things at once: keys, liveness, and signatures with a key that is not there.
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
