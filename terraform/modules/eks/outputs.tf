output "cluster_name" {
  description = "The cluster."
  value       = aws_eks_cluster.this.name
}

output "cluster_endpoint" {
  description = "Its API server."
  value       = aws_eks_cluster.this.endpoint
}

output "kms_key_arn" {
  description = "The cluster's key."
  value       = aws_kms_key.this.arn
}

output "oidc_provider_arn" {
  description = "For roles by OpenID Connect; empty without enable_irsa."
  value       = one(aws_iam_openid_connect_provider.this[*].arn)
}
