def name_of(user)
  user.name.upcase
end

name_of(nil)
