output "bucket_arns" {
  description = "By purpose: backups, velero, logs, artifacts, thanos, loki, tempo."
  value       = { for name, bucket in aws_s3_bucket.this : name => bucket.arn }
}

output "bucket_names" {
  description = "By purpose."
  value       = { for name, bucket in aws_s3_bucket.this : name => bucket.bucket }
}
