-- For wrk: posts a transaction of its own with each request, under an id that nobody else has.
local threads = 0

function setup(thread)
  thread:set("number", threads)
  threads = threads + 1
end

function init(args)
  wrk.method = "POST"
  wrk.headers["Content-Type"] = "application/json"
  run = tonumber(args[1]) or 0
  posted = 0
end

function request()
  posted = posted + 1
  local id = string.format("01890f0a-%04x-7%03x-8%03x-%012x", run, number, posted % 4096, posted)
  local holder = posted % 5000 + 1
  return wrk.format(nil, nil, nil, string.format(
    '{"transactionId":"%s","cooperative":"20417","kind":"savings-deposit","channel":"cash",' ..
    '"businessDate":20260501,"entries":[{"code":1102,"debit":"150000"},' ..
    '{"code":2111,"holder":"%d","credit":"150000"}]}', id, holder))
end


function done(summary, latency, requests)
  io.write(string.format(
    '{"requests":%d,"seconds":%.3f,"errors":%d,"p50_ms":%.2f,"p99_ms":%.2f,"p999_ms":%.2f}\n',
    summary.requests, summary.duration / 1e6,
    summary.errors.connect + summary.errors.read + summary.errors.write + summary.errors.status +
      summary.errors.timeout,
    latency:percentile(50) / 1000, latency:percentile(99) / 1000, latency:percentile(99.9) / 1000))
end
