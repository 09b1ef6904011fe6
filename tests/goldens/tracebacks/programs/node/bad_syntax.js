// Does not compile.
let price = ;
