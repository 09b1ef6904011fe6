my $user;
$user->name;
