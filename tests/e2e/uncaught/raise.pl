# One way per argument for a die to end, or not to end, a Perl program. Lines that die say so at their end.
use strict;
use warnings;

sub share {
    my ($order) = @_;
    die "$order is shared by nobody"; # share
}

if ($ARGV[0] eq "uncaught") {
    share("uncaught");
} else {
    eval { share("caught"); 1 } or print "caught\n";
}
