def down(n)
  down(n + 1)
end

down(0)
