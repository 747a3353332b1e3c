module belfry.dev/bench/peers

go 1.19
