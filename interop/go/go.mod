module belfry/interop

go 1.19
