module gamemetrics/client

go 1.19
