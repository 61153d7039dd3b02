"""What paper does this become, and who signed it?"""
