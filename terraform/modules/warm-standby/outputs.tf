output "copies" {
  description = "The copied buckets."
  value       = { for purpose, bucket in aws_s3_bucket.copy : purpose => bucket.bucket }
}

output "cluster_name" {
  description = "The other region's cluster; nothing without `cluster`."
  value       = one(module.platform[*].cluster_name)
}
