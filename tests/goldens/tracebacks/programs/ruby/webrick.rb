require "webrick"
require "net/http"

log = WEBrick::Log.new($stderr, WEBrick::Log::WARN)
server = WEBrick::HTTPServer.new(Port: 0, BindAddress: "127.0.0.1", Logger: log, AccessLog: [])
server.mount_proc("/divide") { 10 / 0 }
thread = Thread.new { server.start }
Net::HTTP.get(URI("http://127.0.0.1:#{server.config[:Port]}/divide"))
server.shutdown
thread.join
