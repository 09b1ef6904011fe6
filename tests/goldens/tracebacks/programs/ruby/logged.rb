require "logger"

def divide(by)
  10 / by
end

begin
  divide(0)
rescue ZeroDivisionError => e
  Logger.new($stderr, progname: "shop").error(e)
  warn e.full_message(highlight: false)
  warn e.full_message(highlight: true)
  warn e.full_message(highlight: false, order: :bottom)
  warn "#{e.class}: #{e.message}\n#{e.backtrace.join("\n")}"
end
Logger.new($stderr).error("Nothing (Serious)")
