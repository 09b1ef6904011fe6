begin
  Thread.new { raise "" }.join
rescue StandardError
  nil
end
