use strict;

sub divide { my ($by) = @_; die "cannot divide by $by" if $by == 0; return 10 / $by }

divide(0);
