curl -ikv --resolve "test.com:9443:127.0.0.1" "https://test.com:9443/ip"
