my $line = <DATA>;
my $sum = 1 / ($line - 12);
__DATA__
12
