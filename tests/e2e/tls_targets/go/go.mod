module tlsgo

go 1.19
