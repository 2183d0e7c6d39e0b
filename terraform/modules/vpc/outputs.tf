output "vpc_id" {
  description = "The VPC."
  value       = aws_vpc.this.id
}

output "cidr" {
  description = "The VPC's network."
  value       = var.cidr
}

output "private_subnet_ids" {
  description = "Nodes and pods, one a zone."
  value       = aws_subnet.private[*].id
}

output "database_subnet_ids" {
  description = "Databases: no way out."
  value       = aws_subnet.database[*].id
}

output "cluster_subnet_ids" {
  description = "The API server's addresses."
  value       = aws_subnet.cluster[*].id
}

output "private_cidrs" {
  description = "Networks of nodes and pods: who may talk to databases."
  value       = local.private
}

output "cluster_cidr" {
  description = "One network that holds all of the API server's addresses; k8s/flows.yaml has it as cluster-api."
  value       = cidrsubnet(var.cidr, 8, 255)
}

output "nat_count" {
  description = "NAT gateways."
  value       = local.nat_count
}
