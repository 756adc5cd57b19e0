module revenant.test/majordomo

go 1.16

require github.com/pebbe/zmq4 v1.0.0
