def work
  10 / 0
end

thread = Thread.new do
  Thread.current.name = "worker-1"
  work
end
begin
  thread.join
rescue ZeroDivisionError
  nil
end
