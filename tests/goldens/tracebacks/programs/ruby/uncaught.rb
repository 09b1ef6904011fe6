module Shop
  class PriceError < StandardError; end

  class Cart
    def total(items)
      items.map { |item| price(item) }.sum
    end

    def price(item)
      raise PriceError, "no price for #{item} (é)"
    end
  end
end

Shop::Cart.new.total(["tea"])
