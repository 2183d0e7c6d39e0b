variables {
  name         = "gamemetrics-test"
  vpc_id       = "vpc-1"
  subnet_ids   = ["subnet-1", "subnet-2", "subnet-3"]
  client_cidrs = ["10.30.0.0/20"]
  node_type    = "cache.t4g.small"
  kms_key_arn  = "arn:aws:kms:us-east-1:1:key/1"
}

run "three_shards_of_two" {
  command = plan
  assert {
    condition     = aws_elasticache_replication_group.this.num_node_groups == 3 && aws_elasticache_replication_group.this.replicas_per_node_group == 1 && output.nodes == 6
    error_message = "Three shards with a replica each."
  }
  assert {
    condition     = aws_elasticache_replication_group.this.transit_encryption_enabled && aws_elasticache_replication_group.this.transit_encryption_mode == "required" && tobool(aws_elasticache_replication_group.this.at_rest_encryption_enabled)
    error_message = "Encrypted on the wire and at rest."
  }
  assert {
    condition     = aws_elasticache_replication_group.this.automatic_failover_enabled && aws_elasticache_replication_group.this.multi_az_enabled
    error_message = "A lost zone promotes the replicas."
  }
  assert {
    condition     = aws_elasticache_user.default.access_string == "off -@all"
    error_message = "Whoever names no user may do nothing."
  }
}

run "another_engine" {
  command = plan
  variables { engine = "memcached" }
  expect_failures = [var.engine]
}
