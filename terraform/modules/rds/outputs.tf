output "endpoint" {
  description = "host:port of the primary."
  value       = aws_db_instance.primary.endpoint
}

output "arn" {
  description = "The primary, for a replica or copied backups in another region."
  value       = aws_db_instance.primary.arn
}

output "replica_endpoints" {
  description = "host:port of each read replica."
  value       = aws_db_instance.replica[*].endpoint
}

output "secret_arn" {
  description = "Where the master password is."
  value       = one(aws_db_instance.primary.master_user_secret[*].secret_arn)
}
