package Shop::Error;
sub new { my ($class, %fields) = @_; return bless {%fields}, $class }

package main;
sub run { die Shop::Error->new(code => 7) }
run();
