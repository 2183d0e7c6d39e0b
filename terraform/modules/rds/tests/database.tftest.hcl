variables {
  name           = "gamemetrics-test"
  vpc_id         = "vpc-1"
  subnet_ids     = ["subnet-1", "subnet-2", "subnet-3"]
  client_cidrs   = ["10.30.0.0/20", "10.30.16.0/20", "10.30.32.0/20"]
  instance_class = "db.t4g.medium"
  multi_az       = true
  replicas       = 2
  kms_key_arn    = "arn:aws:kms:us-east-1:1:key/1"
}

run "safe" {
  command = plan
  assert {
    condition     = aws_db_instance.primary.multi_az && length(aws_db_instance.replica) == 2
    error_message = "A standby and two replicas."
  }
  assert {
    condition     = aws_db_instance.primary.backup_retention_period == 7 && aws_db_instance.primary.deletion_protection && !aws_db_instance.primary.skip_final_snapshot
    error_message = "Seven days to go back to, and nothing deletes it in passing."
  }
  assert {
    condition     = aws_db_instance.primary.storage_encrypted && !aws_db_instance.primary.publicly_accessible && alltrue([for replica in aws_db_instance.replica : replica.storage_encrypted && !replica.publicly_accessible])
    error_message = "Encrypted, and not public."
  }
  assert {
    condition     = aws_db_instance.primary.manage_master_user_password && aws_db_instance.primary.iam_database_authentication_enabled
    error_message = "No password in a state file."
  }
  assert {
    condition     = contains([for parameter in aws_db_parameter_group.this.parameter : "${parameter.name}=${parameter.value}"], "rds.force_ssl=1")
    error_message = "TLS only."
  }
  assert {
    condition     = aws_db_instance.primary.performance_insights_enabled && aws_db_instance.primary.monitoring_interval == 30
    error_message = "Performance Insights and enhanced monitoring."
  }
  assert {
    condition     = length(aws_vpc_security_group_ingress_rule.clients) == 3
    error_message = "Only the pods' networks may connect."
  }
}
