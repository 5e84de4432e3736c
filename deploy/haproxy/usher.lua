-- Written by usher for HAProxy: asks usher for a verdict on a request.

local usher = "http://127.0.0.1:4180/usher/auth/haproxy"
local identity = { "X-Forwarded-User", "X-Forwarded-Email", "X-Forwarded-Groups", "X-Forwarded-Preferred-Username", "Remote-User", "Remote-Email", "Remote-Groups", "Remote-Name", }

-- Headers that belong to one connection, or to the request's body.
local unsent = { ["connection"] = true, ["keep-alive"] = true, ["te"] = true, ["trailer"] = true, ["upgrade"] = true,
  ["transfer-encoding"] = true, ["content-length"] = true, ["expect"] = true, ["proxy-connection"] = true, ["host"] = true }

local function first(headers, name)
  local values = headers[string.lower(name)]
  return values and values[0] or ""
end

core.register_action("usher_check", { "http-req" }, function(txn)
  local asked = {}
  for name, values in pairs(txn.http:req_get_headers()) do
    if not unsent[name] then
      local list = {}
      for i = 0, #values do
        list[#list + 1] = values[i]
      end
      asked[name] = list
    end
  end
  asked["x-usher-application"] = { txn:get_var("txn.usher_application") }
  asked["x-original-method"] = { txn.f:method() }
  asked["x-original-uri"] = { txn.f:pathq() }

  local answer = core.httpclient():get{ url = usher, headers = asked, timeout = 10000 }
  if answer == nil or answer.status == nil then
    return
  end

  if answer.status == 200 then
    for _, name in ipairs(identity) do
      txn.http:req_del_header(name)
      local value = first(answer.headers, name)
      if value ~= "" then
        txn.http:req_set_header(name, value)
      end
    end
    txn.http:req_del_header("cookie")
    local cookies = first(answer.headers, "x-usher-cookie")
    if cookies ~= "" then
      txn.http:req_set_header("cookie", cookies)
    end
    txn:set_var("txn.usher_allows", true)
    return
  end

  if answer.status < 300 or answer.status > 599 then
    return
  end
  local reply = txn:reply{ status = answer.status, reason = answer.reason }
  for name, values in pairs(answer.headers) do
    if not unsent[name] then
      for i = 0, #values do
        reply:add_header(name, values[i])
      end
    end
  end
  reply:set_body(answer.body or "")
  txn:done(reply)
end, 0)
