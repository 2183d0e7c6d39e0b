# The rules of the language. The rules on AWS's values are a plug-in that no registry at hand serves.
plugin "terraform" {
  enabled = true
  preset  = "all"
}

# A module's files are named for what is in them, not all in one main.tf; each is small.
rule "terraform_standard_module_structure" { enabled = false }
