# One way per argument for an exception to end, or not to end, a Ruby program. Lines that raise say so at their end.
class ShopError < StandardError; end

def share(order)
  raise ZeroDivisionError, "#{order} is shared by nobody" # share
end

def cause
  share("cause")
rescue ZeroDivisionError
  raise ShopError, "closed" # cause
end

class Shop
  # Nothing of it stands at the top level but the last frame; more than one line.
  def close
    [1].each { |one| raise ShopError, "line #{one}\nline 2" } # method
  end
end

case ARGV[0]
when "method" then Shop.new.close
when "uncaught" then share("uncaught")
when "cause" then cause
when "thread"
  worker = Thread.new { share("thread") }
  sleep 0.05 while worker.alive?
when "caught"
  begin
    share("caught")
  rescue ZeroDivisionError
    puts "caught"
  end
when "leave" then exit 3
end
