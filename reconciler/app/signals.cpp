#include "app/signals.h"

#include <pthread.h>
#include <signal.h>
#include <unistd.h>

#include <utility>

namespace mcpctl
{

namespace
{

sigset_t stopSignals()
{
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGHUP);
    return set;
}

}

Signals::Signals()
{
    const auto set = stopSignals();
    pthread_sigmask(SIG_BLOCK, &set, nullptr);
    waiter_ = std::jthread(
        [this](const std::stop_token& ended)
        {
            const auto signals = stopSignals();
            int number = 0;
            while (sigwait(&signals, &number) == 0 && !ended.stop_requested())
                onSignal(number);
        });
}

void Signals::onHangUp(std::function<void()> asked)
{
    const std::lock_guard lock(mutex_);
    hangUp_ = std::move(asked);
}

void Signals::onSignal(int number)
{
    if (number == SIGHUP)
    {
        const std::lock_guard lock(mutex_);
        if (hangUp_)
            return hangUp_();
    }
    if (stop_.stop_requested())
        _exit(128 + number);
    static constexpr char text[] = "stopping; the steps in hand are finished first (again: stop at once)\n";
    if (!quiet_) [[maybe_unused]]
        const auto written = ::write(STDERR_FILENO, text, sizeof text - 1);
    number_ = number;
    stop_.request_stop();
}

Signals::~Signals()
{
    waiter_.request_stop();
    pthread_kill(waiter_.native_handle(), SIGTERM); // wakes sigwait
}

}
