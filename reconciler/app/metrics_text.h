#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

namespace mcpctl
{

/// Writes the Prometheus text format, version 0.0.4: a family first, then its samples.
class MetricsText
{
public:
    using Label = std::pair<std::string_view, std::string_view>;
    using Labels = std::initializer_list<Label>;

    enum class Type
    {
        counter,
        gauge,
        histogram,
    };

    /// From here on, samples belong to `name`. A family is named once.
    void family(std::string_view name, Type type, std::string_view help);
    /// `suffix` is for histograms: `_bucket`, `_sum`, `_count`.
    void sample(double value, Labels labels = {}, std::string_view suffix = "");
    /// A family with one sample and no labels.
    void single(std::string_view name, Type type, std::string_view help, double value);

    const std::string& text() const { return text_; }

private:
    std::string name_;
    std::string text_;
};

}
