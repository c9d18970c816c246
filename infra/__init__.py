"""The CDK app: one construct a file, stacks only compose."""
