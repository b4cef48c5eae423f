"""The filter language: `is:unread severity>=warn source:ci before:2h timed out`. `language` has its words, `parse` reads it."""
