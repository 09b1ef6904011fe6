use Shop::Nowhere;
print "never\n";
