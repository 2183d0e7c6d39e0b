variables {
  name                = "gamemetrics-test"
  cidr                = "10.30.0.0/16"
  zones               = ["us-east-1a", "us-east-1b", "us-east-1c"]
  nat_per_zone        = true
  interface_endpoints = ["sts", "kms"]
  flow_log_bucket_arn = "arn:aws:s3:::logs"
  cluster_name        = "gamemetrics-test"
}

run "three_zones" {
  command = plan
  assert {
    condition     = length(aws_subnet.public) == 3 && length(aws_subnet.private) == 3 && length(aws_subnet.database) == 3
    error_message = "Three public, three private and three database subnets."
  }
  assert {
    condition     = length(distinct(concat(aws_subnet.public[*].cidr_block, aws_subnet.private[*].cidr_block, aws_subnet.database[*].cidr_block, aws_subnet.cluster[*].cidr_block))) == 12
    error_message = "Two subnets have the same network."
  }
  assert {
    condition     = length(aws_nat_gateway.this) == 3
    error_message = "A way out in each zone."
  }
  assert {
    condition     = alltrue([for subnet in aws_subnet.cluster : startswith(subnet.cidr_block, "10.30.255.")]) && output.cluster_cidr == "10.30.255.0/24"
    error_message = "The API server's addresses are in the network that k8s/flows.yaml names."
  }
  assert {
    condition     = aws_flow_log.this.traffic_type == "ALL" && aws_flow_log.this.log_destination_type == "s3"
    error_message = "Flow logs of all traffic, to S3."
  }
  assert {
    condition     = length(aws_vpc_endpoint.interface) == 2
    error_message = "Two interface endpoints were asked for."
  }
}

run "one_way_out" {
  command = plan
  variables { nat_per_zone = false }
  assert {
    condition     = length(aws_nat_gateway.this) == 1 && length(aws_route.private) == 3
    error_message = "One NAT gateway, and every private subnet routed to it."
  }
}

run "a_network_that_is_too_small" {
  command = plan
  variables { cidr = "10.30.0.0/20" }
  expect_failures = [var.cidr]
}
