require "sinatra/base"
require "rack/mock"

class App < Sinatra::Base
  set :environment, :production
  set :dump_errors, true

  def total(by)
    10 / by
  end

  get("/divide") { total(0).to_s }
  get("/lines") { raise ArgumentError, "line 1\nline 2" }
end

["/divide", "/lines"].each do |path|
  Rack::MockRequest.new(App).get(path, "rack.errors" => $stderr)
end
