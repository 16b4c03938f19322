#include "app/progress.h"

#include "app/report.h"
#include "app/terminal.h"

#include <fmt/format.h>

#include <unistd.h>

namespace mcpctl
{

namespace
{

std::string_view sign(Outcome::Result result)
{
    switch (result)
    {
    case Outcome::Result::done:
        return "ok";
    case Outcome::Result::failed:
        return "FAILED";
    case Outcome::Result::rolledBack:
        return "ROLLED BACK";
    case Outcome::Result::skipped:
        return "skipped";
    }
    return "";
}

std::string_view colourOf(Outcome::Result result)
{
    switch (result)
    {
    case Outcome::Result::done:
        return "\033[32m";
    case Outcome::Result::skipped:
        return "\033[33m";
    case Outcome::Result::failed:
    case Outcome::Result::rolledBack:
        break;
    }
    return "\033[31m";
}

}

ProgressPrinter::ProgressPrinter(std::size_t steps, bool live, bool colour)
    : steps_(steps), live_(live), colour_(colour)
{
}

ProgressPrinter::~ProgressPrinter()
{
    clearLiveLine();
}

void ProgressPrinter::show(const Progress& progress)
{
    clearLiveLine();
    switch (progress.kind)
    {
    case Progress::Kind::begun:
    case Progress::Kind::waiting:
        inHand_.insert(progress.step->object);
        break;
    case Progress::Kind::pulling:
        pulling_ = progress.text;
        // Without a live line, a slow pull still gives a sign of life now and then.
        if (const auto now = std::chrono::steady_clock::now(); !live_ && now - lastPullLine_ > std::chrono::seconds(5))
        {
            lastPullLine_ = now;
            say(fmt::format("pull {}\n", progress.text));
        }
        break;
    case Progress::Kind::ended:
        ended(progress);
        break;
    }
    drawLiveLine();
}

void ProgressPrinter::ended(const Progress& progress)
{
    inHand_.erase(progress.step->object);
    pulling_.clear();
    ++ended_;
    const auto& outcome = *progress.outcome;
    const std::string result(sign(outcome.result));
    say(fmt::format("{} {} {} ({:.1f} s){}\n",
                    colour_ ? fmt::format("{}{}\033[0m", colourOf(outcome.result), result) : result, outcome.verb,
                    outcome.object, static_cast<double>(outcome.took.count()) / 1000.0,
                    outcome.note.empty() ? "" : ": " + outcome.note));
}

void ProgressPrinter::drawLiveLine()
{
    if (!live_ || (inHand_.empty() && pulling_.empty()))
        return;
    std::string line = fmt::format("[{}/{}] ", ended_, steps_);
    line += pulling_.empty() ? fmt::format("{}", fmt::join(inHand_, " ")) : "pull " + pulling_;
    const auto width = terminalWidth(STDERR_FILENO);
    if (line.size() + 1 > width)
        line = line.substr(0, width - 1);
    say(line);
    drawn_ = true;
}

void ProgressPrinter::clearLiveLine()
{
    if (drawn_)
        say("\r\033[K");
    drawn_ = false;
}

}
