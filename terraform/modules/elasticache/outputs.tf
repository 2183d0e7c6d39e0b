output "endpoint" {
  description = "The cluster's configuration endpoint; clients learn the shards from it."
  value       = aws_elasticache_replication_group.this.configuration_endpoint_address
}

output "nodes" {
  description = "Nodes in all."
  value       = var.shards * (1 + var.replicas_per_shard)
}
