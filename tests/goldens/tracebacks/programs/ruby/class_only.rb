[1].each { raise ArgumentError, "" }
