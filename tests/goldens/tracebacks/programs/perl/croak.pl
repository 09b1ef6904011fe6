package Shop;
use Carp;
sub buy { croak "nothing to buy" }

package main;
sub run { Shop::buy(1) }
run();
