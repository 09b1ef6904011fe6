require "webrick"

class Hello < WEBrick::HTTPServlet::AbstractServlet
  def do_GET(request, response)
    response.body = "<p>Hello, #{request.path_info}!</p>"
  end
end

class Crash < WEBrick::HTTPServlet::AbstractServlet
  def do_GET(request, response)
    share(request.path_info.delete("/"))
  end

  def share(order)
    raise ZeroDivisionError, "order #{order} is shared by nobody"
  end
end

server = WEBrick::HTTPServer.new(BindAddress: "127.0.0.1", Port: ENV["PORT"].to_i)
server.mount "/hello", Hello
server.mount "/error", Crash
trap("TERM") { server.shutdown }
server.start
