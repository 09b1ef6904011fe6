use Carp qw(cluck);
warn "only a warning";
sub f { cluck "with a trace" }
f("hunter2");
print STDERR "a line 3 of text\nseen at line 3.\nHASH(0x1234)\n";
