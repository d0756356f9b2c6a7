"""What the words of Amazon Personalize mean: ARNs, resources, statuses, recipes, errors."""
