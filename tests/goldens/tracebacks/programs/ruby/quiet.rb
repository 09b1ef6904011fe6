require "logger"

warn "a warning, no more", uplevel: 0
log = Logger.new($stderr)
log.error("NoMethodError (in words only)")
log.info("Started GET \"/\" for 127.0.0.1")
warn "Error: in 'block' of app.rb:3"
warn "2026-11-21 10:00:00 - ZeroDivisionError - divided by 0:"
warn "app.rb:3:in the middle"
