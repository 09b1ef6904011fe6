def read
  Integer("twelve")
rescue ArgumentError
  raise KeyError, "line 1\nline 2 (not a class)"
end

def load
  read
rescue KeyError
  raise "cannot load"
end

load
