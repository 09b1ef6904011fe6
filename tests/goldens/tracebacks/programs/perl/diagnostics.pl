use diagnostics;

sub total { die "no total\nfor two lines" }
sub run { total(@_) }
run("hunter2");
