require "sinatra"

set :server, "webrick"
set :bind, "127.0.0.1"
set :port, ENV["PORT"]

def share(order)
  raise ZeroDivisionError, "order #{order} is shared by nobody"
end

get "/hello/:name" do
  "<p>Hello, #{params["name"]}!</p>"
end

get "/error/:order" do
  share(params["order"])
end
