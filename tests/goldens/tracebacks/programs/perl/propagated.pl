eval { die "first" };
eval { die };
die;
