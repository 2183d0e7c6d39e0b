output "cluster_name" {
  description = "For `aws eks update-kubeconfig`."
  value       = module.eks.cluster_name
}

output "cluster_endpoint" {
  description = "The API server."
  value       = module.eks.cluster_endpoint
}

output "cluster_cidr" {
  description = "The API server's network; k8s/flows.yaml has it."
  value       = module.vpc.cluster_cidr
}

output "bucket_names" {
  description = "backups, velero, logs, artifacts, thanos, loki, tempo."
  value       = module.s3.bucket_names
}

output "bucket_arns" {
  description = "The same, for replication."
  value       = module.s3.bucket_arns
}

output "database_endpoint" {
  description = "PostgreSQL; nothing without distributed_stores."
  value       = one(module.rds[*].endpoint)
}

output "database_arn" {
  description = "PostgreSQL, for a copy in another region."
  value       = one(module.rds[*].arn)
}

output "cache_endpoint" {
  description = "Valkey; nothing without distributed_stores."
  value       = one(module.elasticache[*].endpoint)
}

output "nat_count" {
  description = "NAT gateways."
  value       = module.vpc.nat_count
}

output "data_key_arn" {
  description = "Key of buckets and databases, for replication."
  value       = aws_kms_key.data.arn
}
