#include "services/notifications/chart_png.h"

#include <algorithm>
#include <cmath>
#include <cstdint>

#include "lib/codec/gzip.h"

namespace gm::notifications {
namespace {

enum Ink : char { kPaper = 0, kBar = 1, kJudged = 2, kBound = 3, kAxis = 4 };
constexpr unsigned char kPalette[] = {255, 255, 255, 148, 163, 184, 220, 38, 38, 37, 99, 235, 51, 65, 85};
constexpr int kMargin = 8;
constexpr int kDash = 6;
constexpr int kCompression = 6;
constexpr int kBitsPerByte = 8;
constexpr size_t kBarsMax = 200;

void append_number(std::string& out, uint32_t value) {
  for (int shift = 3 * kBitsPerByte; shift >= 0; shift -= kBitsPerByte) out += static_cast<char>(value >> shift);
}

void append_chunk(std::string& out, const std::string& type, const std::string& data) {
  append_number(out, static_cast<uint32_t>(data.size()));
  out += type + data;
  append_number(out, codec::crc32(type + data));
}

std::string png_of(const std::vector<std::string>& rows) {
  std::string header, pixels, out = "\x89PNG\r\n\x1a\n";
  append_number(header, kChartWidth);
  append_number(header, kChartHeight);
  header += std::string("\x08\x03\x00\x00\x00", 5);  // 8 bits, palette, deflate, no filter, not interlaced
  for (const std::string& row : rows) pixels += '\0' + row;
  append_chunk(out, "IHDR", header);
  append_chunk(out, "PLTE", std::string(reinterpret_cast<const char*>(kPalette), sizeof kPalette));
  append_chunk(out, "IDAT", codec::zlib_compress(pixels, kCompression));
  append_chunk(out, "IEND", "");
  return out;
}

class Picture {
 public:
  explicit Picture(const Chart& chart) : chart_(chart) {
    for (const auto& value : chart.values) reach(value);
    reach(chart.low);
    reach(chart.high);
  }

  std::string drawn() {
    const size_t first = chart_.values.size() > kBarsMax ? chart_.values.size() - kBarsMax : 0;
    const size_t count = chart_.values.size() - first;
    for (size_t i = 0; i < count; ++i) draw_bar(i, count, chart_.values[first + i]);
    draw_bound(chart_.low);
    draw_bound(chart_.high);
    std::fill(rows_[static_cast<size_t>(height_of(0))].begin(), rows_[static_cast<size_t>(height_of(0))].end(), kAxis);
    return png_of(rows_);
  }

 private:
  void reach(const std::optional<double>& value) {
    if (!value || !std::isfinite(*value)) return;
    least_ = std::min(least_, *value);
    most_ = std::max(most_, *value);
  }
  // The row of a value, from the top.
  int height_of(double value) const {
    const double span = most_ > least_ ? most_ - least_ : 1;
    const double share = std::clamp((value - least_) / span, 0.0, 1.0);
    return kChartHeight - 1 - kMargin - static_cast<int>(std::lround(share * (kChartHeight - 1 - 2 * kMargin)));
  }
  void draw_bar(size_t index, size_t count, const std::optional<double>& value) {
    if (!value || !std::isfinite(*value)) return;
    const size_t width = kChartWidth - 2 * kMargin;
    const size_t from = kMargin + index * width / count, to = kMargin + (index + 1) * width / count;
    const auto [top, bottom] =
        std::minmax({height_of(*value), height_of(0)});  // by value: two numbers would be references
    for (int row = top; row <= bottom; ++row) {
      for (size_t column = from; column + 1 < std::max(to, from + 2); ++column)
        rows_[static_cast<size_t>(row)][column] = index + 1 == count ? kJudged : kBar;
    }
  }
  void draw_bound(const std::optional<double>& bound) {
    if (!bound || !std::isfinite(*bound)) return;
    std::string& row = rows_[static_cast<size_t>(height_of(*bound))];
    for (size_t column = 0; column < row.size(); ++column) {
      if (column / kDash % 2 == 0) row[column] = kBound;
    }
  }

  const Chart& chart_;
  double least_ = 0, most_ = 0;  // 0 is always in the picture: bars begin there
  std::vector<std::string> rows_ = std::vector<std::string>(kChartHeight, std::string(kChartWidth, kPaper));
};

}  // namespace

std::string chart_png(const Chart& chart) { return Picture(chart).drawn(); }

}  // namespace gm::notifications
